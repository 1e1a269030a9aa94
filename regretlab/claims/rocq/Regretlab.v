(** What exported claims use beside the standard library: roots of any order, facts about roots, maxima, minima,
    absolute values and logarithms, and the tactics of their proofs. Nothing is assumed here. *)

From Coq Require Export Reals Lra Lia ZArith Psatz Nsatz Classical_Prop.
Open Scope R_scope.

(** ** Roots *)

(** The q-th root of x >= 0. *)
Definition root (q : nat) (x : R) : R := if Rlt_dec 0 x then Rpower x (/ INR q) else 0.

Lemma root_nonneg (q : nat) (x : R) : 0 <= root q x.
Proof. unfold root; destruct (Rlt_dec 0 x); [left; apply exp_pos | right; reflexivity]. Qed.

Lemma root_pos (q : nat) (x : R) : 0 < x -> 0 < root q x.
Proof. intros H; unfold root; destruct (Rlt_dec 0 x); [apply exp_pos | contradiction]. Qed.

Lemma root_pow (q : nat) (x : R) : (0 < q)%nat -> 0 <= x -> root q x ^ q = x.
Proof.
  intros Hq Hx; unfold root; destruct (Rlt_dec 0 x) as [H | H].
  - rewrite <- Rpower_pow by apply exp_pos. rewrite Rpower_mult.
    rewrite Rinv_l by (apply not_0_INR; lia). apply Rpower_1; assumption.
  - replace x with 0 by lra. apply pow_i; assumption.
Qed.

Lemma sqrt_pow2 (x : R) : 0 <= x -> sqrt x ^ 2 = x.
Proof. intros H; simpl; rewrite Rmult_1_r; apply sqrt_sqrt; assumption. Qed.

Lemma sqrt_is (x v : R) : 0 <= v /\ v ^ 2 = x -> sqrt x = v.
Proof. intros [Hv H]; rewrite <- H; simpl; rewrite Rmult_1_r; apply sqrt_square; assumption. Qed.

Lemma root_is (q : nat) (x v : R) : (0 < q)%nat -> 0 <= v /\ v ^ q = x -> root q x = v.
Proof.
  intros Hq [[Hv | Hv] H].
  - assert (Hx : 0 < x) by (rewrite <- H; apply pow_lt; assumption).
    unfold root; destruct (Rlt_dec 0 x) as [_ | C]; [| contradiction].
    rewrite <- H, <- Rpower_pow by assumption. rewrite Rpower_mult, Rinv_r by (apply not_0_INR; lia).
    apply Rpower_1; assumption.
  - subst v. rewrite pow_i in H by assumption. subst x.
    unfold root; destruct (Rlt_dec 0 0); [exfalso; lra | reflexivity].
Qed.

(** ** Maxima, minima, absolute values *)

Lemma max_facts (u v : R) : u <= Rmax u v /\ v <= Rmax u v /\ (Rmax u v - u) * (Rmax u v - v) = 0.
Proof. unfold Rmax; destruct (Rle_dec u v); repeat split; try lra; ring. Qed.

Lemma min_facts (u v : R) : Rmin u v <= u /\ Rmin u v <= v /\ (Rmin u v - u) * (Rmin u v - v) = 0.
Proof. unfold Rmin; destruct (Rle_dec u v); repeat split; try lra; ring. Qed.

Lemma abs_facts (u : R) : u <= Rabs u /\ - u <= Rabs u /\ (Rabs u - u) * (Rabs u - - u) = 0.
Proof. unfold Rabs; destruct (Rcase_abs u); repeat split; try lra; ring. Qed.

Lemma max_pos (u v : R) : 0 < u \/ 0 < v -> 0 < Rmax u v.
Proof. unfold Rmax; destruct (Rle_dec u v); lra. Qed.

(** ** Orders *)

Lemma le_of_gap (a b : R) : 0 <= b - a -> a <= b.
Proof. lra. Qed.

Lemma lt_of_gap (a b : R) : 0 < b - a -> a < b.
Proof. lra. Qed.

Lemma mult_neg_neg (a b : R) : a < 0 -> b < 0 -> 0 < a * b.
Proof. nra. Qed.

Lemma mult_pos_neg (a b : R) : 0 < a -> b < 0 -> a * b < 0.
Proof. nra. Qed.

Lemma mult_neg_pos (a b : R) : a < 0 -> 0 < b -> a * b < 0.
Proof. nra. Qed.

Lemma even_power (a : R) (n : nat) : a <> 0 -> 0 < a ^ (2 * n).
Proof. intros H; rewrite pow_mult; apply pow_lt; nra. Qed.

Lemma even_power_nonneg (a : R) (n : nat) : 0 <= a ^ (2 * n).
Proof. rewrite pow_mult; apply pow_le; nra. Qed.

Lemma odd_power_neg (a : R) (n : nat) : a < 0 -> a ^ (S (2 * n)) < 0.
Proof. intros H; simpl. assert (0 < a ^ (2 * n)) by (apply even_power; lra). simpl in *; nra. Qed.

Lemma quotient_nonneg (a b : R) : 0 <= a -> 0 < b -> 0 <= a / b.
Proof. intros Ha Hb; apply Rmult_le_pos; [assumption | left; apply Rinv_0_lt_compat; assumption]. Qed.

Lemma quotient_nonneg_neg (a b : R) : a <= 0 -> b < 0 -> 0 <= a / b.
Proof. intros Ha Hb. assert (/ b < 0) by (apply Rinv_lt_0_compat; assumption). unfold Rdiv; nra. Qed.

Lemma quotient_pos_neg (a b : R) : a < 0 -> b < 0 -> 0 < a / b.
Proof. intros Ha Hb. assert (/ b < 0) by (apply Rinv_lt_0_compat; assumption). unfold Rdiv; nra. Qed.

Lemma squares_le (a b : R) : 0 <= b -> a ^ 2 <= b ^ 2 -> a <= b.
Proof. intros Hb H. apply Rnot_lt_le; intros C. nra. Qed.

Lemma squares_lt (a b : R) : 0 <= b -> a ^ 2 < b ^ 2 -> a < b.
Proof. intros Hb H. apply Rnot_le_lt; intros C. nra. Qed.

(** ** Logarithms and exponentials *)

Lemma ln_tangent (a b : R) : 0 < a -> 0 < b -> b * (ln a - ln b) <= a - b.
Proof.
  intros Ha Hb.
  assert (H := exp_ineq1_le (ln a - ln b)).
  assert (E : exp (ln a - ln b) = a / b).
  { unfold Rminus; rewrite exp_plus, exp_Ropp, !exp_ln by assumption; reflexivity. }
  rewrite E in H. apply (Rmult_le_compat_l b) in H; [| lra].
  replace (b * (a / b)) with a in H by (field; lra). lra.
Qed.

Lemma ln_monotone (a b : R) : 0 < a -> a <= b -> ln a <= ln b.
Proof. intros Ha [H | H]; [left; apply ln_increasing; assumption | right; rewrite H; reflexivity]. Qed.

Lemma exp_monotone (a b : R) : a <= b -> exp a <= exp b.
Proof. intros [H | H]; [left; apply exp_increasing; assumption | right; rewrite H; reflexivity]. Qed.

Lemma ln_power (a : R) (n : nat) : 0 < a -> ln (a ^ n) = INR n * ln a.
Proof.
  intros H; induction n as [| n IH]; [simpl; rewrite ln_1; ring |].
  rewrite S_INR; simpl. rewrite ln_mult, IH by (try apply pow_lt; assumption). ring.
Qed.

Lemma ln_quotient (a b : R) : 0 < a -> 0 < b -> ln (a / b) = ln a - ln b.
Proof. intros Ha Hb; unfold Rdiv; rewrite ln_mult, ln_Rinv; [ring | assumption .. | apply Rinv_0_lt_compat; assumption]. Qed.

Lemma ln_root2 (a : R) : 0 < a -> ln (sqrt a) = ln a / 2.
Proof.
  intros H. assert (E : ln (sqrt a ^ 2) = ln a) by (rewrite sqrt_pow2; [reflexivity | lra]).
  rewrite ln_power in E by (apply sqrt_lt_R0; assumption). simpl in E. lra.
Qed.

Lemma ln_root (q : nat) (a : R) : (0 < q)%nat -> 0 < a -> ln (root q a) = ln a / INR q.
Proof.
  intros Hq H. assert (N : INR q <> 0) by (apply not_0_INR; lia).
  assert (E : ln (root q a ^ q) = ln a) by (rewrite root_pow; [reflexivity | assumption | lra]).
  rewrite ln_power in E by (apply root_pos; assumption). rewrite <- E. field; assumption.
Qed.

Lemma ln_le_inverse (a b : R) : 0 < a -> 0 < b -> ln a <= ln b -> a <= b.
Proof. intros Ha Hb [H | H]; [left; apply ln_lt_inv; assumption | right; apply ln_inv; assumption]. Qed.

(** (a, l) is a point of the curve of the logarithm; both its parts rise along it. *)

Lemma curve_logs (x y a b : R) : 0 < a /\ ln a = x -> 0 < b /\ ln b = y -> a <= b -> x <= y.
Proof. intros [Ha <-] [Hb <-] H; apply ln_monotone; assumption. Qed.

Lemma curve_arguments (a b x y : R) : 0 < x /\ ln x = a -> 0 < y /\ ln y = b -> a <= b -> x <= y.
Proof. intros [Hx <-] [Hy <-] H; apply ln_le_inverse; assumption. Qed.

(** ** Signs: [sign] proves that a product, quotient, power or sum is positive, not negative or not zero. *)

Ltac close := first [assumption | lra | nra].

Ltac positive :=
  lazymatch goal with
  | |- 0 < _ * _ =>
      first [ assumption
            | apply Rmult_lt_0_compat; [solve [positive] | solve [positive]]
            | apply mult_neg_neg; [solve [negative] | solve [negative]]
            | close ]
  | |- 0 < _ / _ =>
      first [ assumption
            | apply Rdiv_lt_0_compat; [solve [positive] | solve [positive]]
            | apply mult_neg_neg; [solve [negative] | apply Rinv_lt_0_compat; solve [negative]]
            | close ]
  | |- 0 < / _ => first [apply Rinv_0_lt_compat; solve [positive] | close]
  | |- 0 < _ ^ 1 => rewrite pow_1; positive
  | |- 0 < _ ^ ?n =>
      first [ apply pow_lt; solve [positive]
            | let k := eval compute in (Nat.div2 n) in
              change n with (2 * k)%nat; apply even_power; solve [nonzero]
            | close ]
  | |- 0 < - _ => first [apply Ropp_0_gt_lt_contravar; apply Rlt_gt; solve [negative] | close]
  | |- 0 < sqrt _ => apply sqrt_lt_R0; positive
  | |- 0 < root _ _ => apply root_pos; positive
  | |- 0 < exp _ => apply exp_pos
  | |- 0 < Rmax _ _ => first [assumption | apply max_pos; first [left; solve [positive] | right; solve [positive]]]
  | |- 0 < Rmin _ _ => first [assumption | apply Rmin_glb_lt; [solve [positive] | solve [positive]]]
  | |- 0 < _ + _ =>
      first [ assumption | lra
            | apply Rplus_lt_0_compat; [solve [positive] | solve [positive]]
            | apply Rplus_lt_le_0_compat; [solve [positive] | solve [nonnegative]]
            | apply Rplus_le_lt_0_compat; [solve [nonnegative] | solve [positive]]
            | nra ]
  | |- _ => close
  end
with nonnegative :=
  lazymatch goal with
  | |- 0 <= _ * _ =>
      first [ assumption | apply Rmult_le_pos; [solve [nonnegative] | solve [nonnegative]] | left; solve [positive] | close ]
  | |- 0 <= _ / _ =>
      first [ assumption | apply quotient_nonneg; [solve [nonnegative] | solve [positive]] | left; solve [positive] | close ]
  | |- 0 <= / _ => left; positive
  | |- 0 <= _ ^ 1 => rewrite pow_1; nonnegative
  | |- 0 <= _ ^ ?n =>
      first [ let k := eval compute in (Nat.div2 n) in
              change n with (2 * k)%nat; apply even_power_nonneg
            | apply pow_le; solve [nonnegative] | close ]
  | |- 0 <= - _ => first [apply Ropp_0_ge_le_contravar; apply Rle_ge; close | close]
  | |- 0 <= sqrt _ => apply sqrt_pos
  | |- 0 <= root _ _ => apply root_nonneg
  | |- 0 <= Rabs _ => apply Rabs_pos
  | |- 0 <= exp _ => left; apply exp_pos
  | |- 0 <= _ + _ =>
      first [ assumption | lra
            | apply Rplus_le_le_0_compat; [solve [nonnegative] | solve [nonnegative]]
            | match goal with
              | H : ?a <= ?b |- 0 <= ?b => apply (Rle_trans _ a); [clear H; solve [nonnegative] | exact H]
              end
            | nra ]
  | |- _ => close
  end
with negative :=
  lazymatch goal with
  | |- _ * _ < 0 =>
      first [ apply mult_pos_neg; [solve [positive] | solve [negative]]
            | apply mult_neg_pos; [solve [negative] | solve [positive]] | close ]
  | |- _ ^ 1 < 0 => rewrite pow_1; negative
  | |- _ ^ ?n < 0 =>
      first [ let k := eval compute in (Nat.div2 n) in change n with (S (2 * k)); apply odd_power_neg; solve [negative]
            | close ]
  | |- - _ < 0 => first [apply Ropp_lt_gt_0_contravar; solve [positive] | close]
  | |- _ => close
  end
with nonzero :=
  lazymatch goal with
  | |- _ * _ <> 0 => apply Rmult_integral_contrapositive_currified; nonzero
  | |- _ / _ <> 0 => apply Rmult_integral_contrapositive_currified; [nonzero | apply Rinv_neq_0_compat; nonzero]
  | |- / _ <> 0 => apply Rinv_neq_0_compat; nonzero
  | |- _ ^ _ <> 0 => apply pow_nonzero; nonzero
  | |- - _ <> 0 => apply Ropp_neq_0_compat; nonzero
  | |- exp _ <> 0 => apply Rgt_not_eq, exp_pos
  | |- ?x <> 0 =>
      first [ assumption
            | apply Rgt_not_eq; apply Rlt_gt; solve [positive]
            | apply Rlt_not_eq; solve [negative]
            | intro; nra ]
  | |- _ => close
  end.

Ltac sign :=
  lazymatch goal with
  | |- _ /\ _ => split; sign
  | |- ?x >= 0 => apply Rle_ge; nonnegative
  | |- ?x > 0 => apply Rlt_gt; positive
  | |- 0 <= _ => nonnegative
  | |- 0 < _ => positive
  | |- _ < 0 => negative
  | |- ?x <> 0 => nonzero
  | |- ?x <> ?y => let H := fresh in intro H; apply (Rminus_diag_eq x y) in H; revert H; change (x - y <> 0); nonzero
  | |- _ => close
  end.

(** ** Identities: [same] proves an equation of quotients whose divisors are not zero. *)

Ltac same := first [ring | field; repeat split; sign | field_simplify_eq; [ring | repeat split; sign ..]].

(** ** Formulas about polynomials: from a comparison of terms, and of products *)

Lemma from_lt (a b p : R) : a < b -> b - a = p -> 0 < p.
Proof. lra. Qed.

Lemma from_le (a b p : R) : a <= b -> b - a = p -> 0 <= p.
Proof. lra. Qed.

Lemma from_eq (a b p : R) : a = b -> a - b = p -> p = 0.
Proof. lra. Qed.

Lemma from_zero (a p : R) : a = 0 -> a = p -> p = 0.
Proof. lra. Qed.

Lemma times_zero (m e : R) : e = 0 -> m * e = 0.
Proof. intros H; rewrite H; ring. Qed.

(** That a number times its inverse is one, by H that it is not zero. *)
Ltac unit_by H := field; repeat split; first [assumption | sign | let E := fresh in intro E; apply H; lra].

(** ** What a solver decided: [arithmetic] proves it without a certificate, by products of hypotheses or by ideals. *)

Ltac product :=
  first
    [ lra
    | lazymatch goal with
      | |- 0 < _ * _ => apply Rmult_lt_0_compat; product
      | |- 0 <= _ * _ => apply Rmult_le_pos; product
      | |- 0 <= _ ^ 2 => apply pow2_ge_0
      end ].

Ltac arithmetic := first [lra | timeout 20 nra | timeout 20 nsatz].

Ltac quotient :=
  lazymatch goal with
  | |- 0 <= _ / _ =>
      first [ apply quotient_nonneg; [| solve [sign]] | apply quotient_nonneg_neg; [| solve [sign]] ]; arithmetic
  | |- 0 < _ / _ =>
      first [ apply Rdiv_lt_0_compat; [| solve [sign]] | apply quotient_pos_neg; [| solve [sign]] ]; arithmetic
  | |- _ => arithmetic
  end.

(** ** Logarithms and exponentials: [tangent] for a point below the tangent at another, [logs] for logarithms of products
    and exponentials of sums, [curve] for what is monotone. *)

Ltac tangent a b :=
  let H := fresh in
  assert (H : b * (ln a - ln b) <= a - b) by (apply ln_tangent; sign);
  rewrite ?ln_1, ?ln_exp in H; lra.

Ltac tangent_at_one :=
  lazymatch goal with
  | |- ln ?a <= ?a - 1 => tangent a 1
  | |- ?v <= exp ?v - 1 => tangent (exp v) 1
  end.

Ltac logs := first [logs_of_products | apply ln_inv; [solve [sign] | solve [sign] | logs_of_products]]
with logs_of_products :=
  unfold Rminus, Rdiv; rewrite ?exp_plus, ?exp_Ropp, ?exp_0;
  repeat first
    [ rewrite ln_exp | rewrite ln_1 | rewrite ln_mult by sign | rewrite ln_Rinv by sign | rewrite ln_power by sign
    | rewrite ln_root2 by sign | rewrite ln_root by (try lia; sign) ];
  rewrite ?exp_ln by sign; simpl INR; same.

Ltac on_curve :=
  lazymatch goal with
  | |- _ /\ ln 1 = 0 => split; [lra | apply ln_1]
  | |- _ /\ ln (exp _) = _ => split; [apply exp_pos | apply ln_exp]
  | |- _ => split; [assumption | reflexivity]
  end.

Ltac curve :=
  lazymatch goal with
  | |- ln _ <= ln _ => apply ln_monotone; [sign | first [lra | apply le_of_gap; sign]]
  | |- ln _ < ln _ => apply ln_increasing; [sign | first [lra | apply lt_of_gap; sign]]
  | |- ln ?a = ln ?b => replace a with b by (first [lra | same]); reflexivity
  | |- exp ?a = exp ?b => apply f_equal; first [lra | same]
  | |- 0 = ln _ => rewrite <- ln_1; curve
  | |- ln _ = 0 => rewrite <- ln_1; curve
  | |- 1 = exp _ => rewrite <- exp_0; curve
  | |- exp _ = 1 => rewrite <- exp_0; curve
  | |- 0 <= ln _ => rewrite <- ln_1; curve
  | |- 0 < ln _ => rewrite <- ln_1; curve
  | |- ln _ <= 0 => rewrite <- ln_1; curve
  | |- ln _ < 0 => rewrite <- ln_1; curve
  | |- exp _ <= exp _ => apply exp_monotone; first [lra | apply le_of_gap; sign]
  | |- exp _ < exp _ => apply exp_increasing; first [lra | apply lt_of_gap; sign]
  | |- 1 <= exp _ => rewrite <- exp_0; curve
  | |- 1 < exp _ => rewrite <- exp_0; curve
  | |- exp _ <= 1 => rewrite <- exp_0; curve
  | |- exp _ < 1 => rewrite <- exp_0; curve
  | |- _ => first [lra | apply ln_le_inverse; [sign | sign | lra] | apply ln_lt_inv; [sign | sign | lra] | close]
  end.

(** ** Conditions: [meant] proves one that [sign] does not, where a logarithm is positive, or a square divides. *)

Lemma factor_nonneg (s a b : R) : s ^ 2 <= a * b -> 0 < a -> 0 <= b.
Proof. intros H Ha. apply Rnot_lt_le; intros Hb. assert (a * b < 0) by (apply mult_pos_neg; assumption). nra. Qed.

Ltac log_signs :=
  repeat match goal with
  | H : context [ln ?u] |- _ => lazymatch goal with K : 0 <= ln u |- _ => fail | _ => assert (0 <= ln u) by curve end
  | |- context [ln ?u] => lazymatch goal with K : 0 <= ln u |- _ => fail | _ => assert (0 <= ln u) by curve end
  end.

Ltac meant :=
  first
    [ sign
    | try log_signs;
      first
        [ sign
        | match goal with H : _ ^ 2 <= ?a * ?b |- ?b >= 0 => apply Rle_ge, (factor_nonneg _ a b H); solve [lra | sign] end ] ].

(** ** Terms that differ in how they are written: [congruent] proves them equal, [known] proves a conclusion whose parts
    are parts of hypotheses up to that. *)

Lemma choice_alike (a b c d x y z w : R) :
  a = c -> b = d -> x = z -> y = w -> (if Req_EM_T a b then x else y) = (if Req_EM_T c d then z else w).
Proof. intros -> -> -> ->; reflexivity. Qed.

Lemma choice_le_alike (a b c d x y z w : R) :
  a = c -> b = d -> x = z -> y = w -> (if Rle_dec a b then x else y) = (if Rle_dec c d then z else w).
Proof. intros -> -> -> ->; reflexivity. Qed.

Lemma choice_lt_alike (a b c d x y z w : R) :
  a = c -> b = d -> x = z -> y = w -> (if Rlt_dec a b then x else y) = (if Rlt_dec c d then z else w).
Proof. intros -> -> -> ->; reflexivity. Qed.

Lemma relation_alike (r : R -> R -> Prop) (a b c d : R) : r a b -> a = c -> b = d -> r c d.
Proof. intros H <- <-; exact H. Qed.

(** [reals] writes real numbers that are sums of integers as sums of real numbers. *)
Ltac reals := repeat progress rewrite ?plus_IZR, ?minus_IZR, ?mult_IZR, ?opp_IZR.

(** What [congruent] also tries; the library of sums sets it. *)
Ltac congruent_more := fail.

Ltac congruent :=
  first
    [ reflexivity
    | lazymatch goal with
      | |- IZR _ = IZR _ => apply f_equal; lia
      | |- Rmax _ _ = Rmax _ _ => apply f_equal2; congruent
      | |- Rmin _ _ = Rmin _ _ => apply f_equal2; congruent
      | |- Rabs _ = Rabs _ => apply f_equal; congruent
      | |- sqrt _ = sqrt _ => apply f_equal; congruent
      | |- root _ _ = root _ _ => apply f_equal; congruent
      | |- ln _ = ln _ => apply f_equal; congruent
      | |- exp _ = exp _ => apply f_equal; congruent
      | |- (if Req_EM_T _ _ then _ else _) = _ => apply choice_alike; congruent
      | |- (if Rle_dec _ _ then _ else _) = _ => apply choice_le_alike; congruent
      | |- (if Rlt_dec _ _ then _ else _) = _ => apply choice_lt_alike; congruent
      end
    | ring
    | reals; ring
    | lazymatch goal with
      | |- - _ = - _ => apply f_equal; congruent
      | |- / _ = / _ => apply f_equal; congruent
      | |- _ + _ = _ + _ => apply f_equal2; congruent
      | |- _ - _ = _ - _ => apply f_equal2; congruent
      | |- _ * _ = _ * _ => apply f_equal2; congruent
      | |- _ / _ = _ / _ => apply f_equal2; congruent
      | |- _ ^ _ = _ ^ _ => apply f_equal2; congruent
      end
    | congruent_more ].

Ltac alike_known :=
  match goal with
  | H : ?r ?a ?b |- ?r ?c ?d => solve [apply (relation_alike r a b c d H); congruent]
  end.

Ltac known :=
  intros; repeat match goal with H : _ /\ _ |- _ => destruct H end;
  repeat match goal with |- _ /\ _ => split end;
  first [ assumption | alike_known | subst; told ]
with told :=
  lazymatch goal with
  | |- _ \/ _ => first [left; solve [told] | right; solve [told]]
  | |- _ <> _ => first [alike_known | apply Rgt_not_eq; alike_known | apply Rlt_not_eq; alike_known]
  | |- _ => first [solve [congruent] | alike_known]
  end.

(** ** Numbers: [numbers] proves a relation between numbers that rational arithmetic decides. *)

Ltac numbers :=
  repeat match goal with
  | |- _ /\ _ => split
  | |- context [Rmax ?a ?b] => first [rewrite (Rmax_left a b) by lra | rewrite (Rmax_right a b) by lra]
  | |- context [Rmin ?a ?b] => first [rewrite (Rmin_left a b) by lra | rewrite (Rmin_right a b) by lra]
  | |- context [Rabs ?a] => first [rewrite (Rabs_right a) by lra | rewrite (Rabs_left a) by lra]
  | |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b); [try (exfalso; lra) | try (exfalso; lra)]
  | |- context [Rlt_dec ?a ?b] => destruct (Rlt_dec a b); [try (exfalso; lra) | try (exfalso; lra)]
  | |- context [Req_EM_T ?a ?b] => destruct (Req_EM_T a b); [try (exfalso; lra) | try (exfalso; lra)]
  end; try lra.
