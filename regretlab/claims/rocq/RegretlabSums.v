(** Sums and products over ranges of integers, induction along them, and the tactics of proofs about sequences. *)

From Regretlab Require Export Regretlab.

Fixpoint upto (f : Z -> R) (a : Z) (n : nat) : R :=
  match n with O => 0 | S m => upto f a m + f (a + Z.of_nat m)%Z end.

(** The sum of f k over the integers k from a to b; 0 if there are none. *)
Definition zsum (f : Z -> R) (a b : Z) : R := upto f a (Z.to_nat (b - a + 1)).

Fixpoint times_upto (f : Z -> R) (a : Z) (n : nat) : R :=
  match n with O => 1 | S m => times_upto f a m * f (a + Z.of_nat m)%Z end.

(** The product of f k over the integers k from a to b; 1 if there are none. *)
Definition zprod (f : Z -> R) (a b : Z) : R := times_upto f a (Z.to_nat (b - a + 1)).

Lemma zsum_empty (f : Z -> R) (a b : Z) : (b < a)%Z -> zsum f a b = 0.
Proof. intros H; unfold zsum. replace (Z.to_nat (b - a + 1)) with O by lia. reflexivity. Qed.

Lemma zprod_empty (f : Z -> R) (a b : Z) : (b < a)%Z -> zprod f a b = 1.
Proof. intros H; unfold zprod. replace (Z.to_nat (b - a + 1)) with O by lia. reflexivity. Qed.

Lemma zsum_last (f : Z -> R) (a b : Z) : (a <= b)%Z -> zsum f a b = zsum f a (b - 1) + f b.
Proof.
  intros H; unfold zsum. replace (Z.to_nat (b - a + 1)) with (S (Z.to_nat (b - 1 - a + 1))) by lia.
  simpl. f_equal. f_equal. lia.
Qed.

Lemma zprod_last (f : Z -> R) (a b : Z) : (a <= b)%Z -> zprod f a b = zprod f a (b - 1) * f b.
Proof.
  intros H; unfold zprod. replace (Z.to_nat (b - a + 1)) with (S (Z.to_nat (b - 1 - a + 1))) by lia.
  simpl. f_equal. f_equal. lia.
Qed.

Lemma upto_ext (f g : Z -> R) (a : Z) (n : nat) :
  (forall k, (a <= k < a + Z.of_nat n)%Z -> f k = g k) -> upto f a n = upto g a n.
Proof.
  induction n as [| n IH]; intros H; [reflexivity |]. simpl. rewrite IH, (H (a + Z.of_nat n)%Z); [reflexivity | lia |].
  intros k Hk; apply H; lia.
Qed.

Lemma times_upto_ext (f g : Z -> R) (a : Z) (n : nat) :
  (forall k, (a <= k < a + Z.of_nat n)%Z -> f k = g k) -> times_upto f a n = times_upto g a n.
Proof.
  induction n as [| n IH]; intros H; [reflexivity |]. simpl. rewrite IH, (H (a + Z.of_nat n)%Z); [reflexivity | lia |].
  intros k Hk; apply H; lia.
Qed.

Lemma zsum_ext (f g : Z -> R) (a b : Z) : (forall k, (a <= k <= b)%Z -> f k = g k) -> zsum f a b = zsum g a b.
Proof. intros H; apply upto_ext; intros k Hk; apply H; lia. Qed.

Lemma zprod_ext (f g : Z -> R) (a b : Z) : (forall k, (a <= k <= b)%Z -> f k = g k) -> zprod f a b = zprod g a b.
Proof. intros H; apply times_upto_ext; intros k Hk; apply H; lia. Qed.

Lemma upto_plus (f g : Z -> R) (a : Z) (n : nat) : upto (fun k => f k + g k) a n = upto f a n + upto g a n.
Proof. induction n as [| n IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma upto_scal (c : R) (f : Z -> R) (a : Z) (n : nat) : upto (fun k => c * f k) a n = c * upto f a n.
Proof. induction n as [| n IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma zsum_plus (f g : Z -> R) (a b : Z) : zsum (fun k => f k + g k) a b = zsum f a b + zsum g a b.
Proof. apply upto_plus. Qed.

Lemma zsum_scal (c : R) (f : Z -> R) (a b : Z) : zsum (fun k => c * f k) a b = c * zsum f a b.
Proof. apply upto_scal. Qed.

Lemma zsum_one (a b : Z) : (a <= b + 1)%Z -> zsum (fun _ => 1) a b = IZR (b - a + 1).
Proof.
  intros H; unfold zsum.
  assert (G : forall n, upto (fun _ => 1) a n = INR n).
  { induction n as [| n IH]; [reflexivity |]. rewrite S_INR; simpl; rewrite IH; reflexivity. }
  rewrite G, INR_IZR_INZ. f_equal. lia.
Qed.

Lemma upto_le (f g : Z -> R) (a : Z) (n : nat) :
  (forall k, (a <= k < a + Z.of_nat n)%Z -> f k <= g k) -> upto f a n <= upto g a n.
Proof.
  induction n as [| n IH]; intros H; [right; reflexivity |]. simpl. apply Rplus_le_compat; [| apply H; lia].
  apply IH; intros k Hk; apply H; lia.
Qed.

Lemma zsum_le (f g : Z -> R) (a b : Z) : (forall k, (a <= k <= b)%Z -> f k <= g k) -> zsum f a b <= zsum g a b.
Proof. intros H; apply upto_le; intros k Hk; apply H; lia. Qed.

Lemma zsum_first (f : Z -> R) (a b : Z) : (a <= b)%Z -> zsum f a b = f a + zsum f (a + 1) b.
Proof.
  intros H. unfold zsum. replace (Z.to_nat (b - a + 1)) with (S (Z.to_nat (b - (a + 1) + 1))) by lia.
  generalize (Z.to_nat (b - (a + 1) + 1)) as n. induction n as [| n IH].
  - simpl. rewrite Z.add_0_r. ring.
  - change (upto f a (S (S n))) with (upto f a (S n) + f (a + Z.of_nat (S n))%Z). rewrite IH. simpl upto at 2.
    replace (a + Z.of_nat (S n))%Z with (a + 1 + Z.of_nat n)%Z by lia. ring.
Qed.

Lemma upto_swap (F : Z -> Z -> R) (c : Z) (m : nat) (a : Z) (n : nat) :
  upto (fun i => upto (fun j => F i j) c m) a n = upto (fun j => upto (fun i => F i j) a n) c m.
Proof.
  induction n as [| n IH]; simpl.
  - induction m as [| m IHm]; simpl; [reflexivity | rewrite <- IHm; ring].
  - rewrite IH, <- upto_plus. reflexivity.
Qed.

Lemma zsum_swap (F : Z -> Z -> R) (a b c d : Z) :
  zsum (fun i => zsum (fun j => F i j) c d) a b = zsum (fun j => zsum (fun i => F i j) a b) c d.
Proof. apply upto_swap. Qed.

Lemma zprod_first (f : Z -> R) (a b : Z) : (a <= b)%Z -> zprod f a b = f a * zprod f (a + 1) b.
Proof.
  intros H. unfold zprod. replace (Z.to_nat (b - a + 1)) with (S (Z.to_nat (b - (a + 1) + 1))) by lia.
  generalize (Z.to_nat (b - (a + 1) + 1)) as n. induction n as [| n IH].
  - simpl. rewrite Z.add_0_r. ring.
  - change (times_upto f a (S (S n))) with (times_upto f a (S n) * f (a + Z.of_nat (S n))%Z).
    rewrite IH. simpl times_upto at 2. replace (a + Z.of_nat (S n))%Z with (a + 1 + Z.of_nat n)%Z by lia. ring.
Qed.

(** The same with the end that is left written in a given way. *)
Lemma zsum_first_to (f : Z -> R) (a b c : Z) : (a <= b)%Z -> c = (a + 1)%Z -> zsum f a b = f a + zsum f c b.
Proof. intros H ->; apply zsum_first; exact H. Qed.

Lemma zsum_last_to (f : Z -> R) (a b c : Z) : (a <= b)%Z -> c = (b - 1)%Z -> zsum f a b = zsum f a c + f b.
Proof. intros H ->; apply zsum_last; exact H. Qed.

Lemma zprod_first_to (f : Z -> R) (a b c : Z) : (a <= b)%Z -> c = (a + 1)%Z -> zprod f a b = f a * zprod f c b.
Proof. intros H ->; apply zprod_first; exact H. Qed.

Lemma zprod_last_to (f : Z -> R) (a b c : Z) : (a <= b)%Z -> c = (b - 1)%Z -> zprod f a b = zprod f a c * f b.
Proof. intros H ->; apply zprod_last; exact H. Qed.

(** Induction from low on, and up to high. *)
Lemma zinduction (P : Z -> Prop) (low : Z) :
  P low -> (forall n, (low <= n)%Z -> P n -> P (n + 1)%Z) -> forall n, (low <= n)%Z -> P n.
Proof.
  intros B S n Hn. replace n with (low + Z.of_nat (Z.to_nat (n - low)))%Z by lia.
  induction (Z.to_nat (n - low)) as [| m IH]; [rewrite Z.add_0_r; exact B |].
  replace (low + Z.of_nat (Datatypes.S m))%Z with (low + Z.of_nat m + 1)%Z by lia. apply S; [lia | exact IH].
Qed.

Lemma zinduction_to (P : Z -> Prop) (low high : Z) :
  ((low <= high)%Z -> P low) -> (forall n, (low <= n <= high - 1)%Z -> P n -> P (n + 1)%Z) ->
  forall n, (low <= n <= high)%Z -> P n.
Proof.
  intros B S n [Hn Hh]. revert Hh. pattern n. apply (zinduction _ low); [exact B | | exact Hn].
  intros m Hm IH Hh. apply S; [lia | apply IH; lia].
Qed.

(** Sums are within a bound that grows by at least their terms. *)
Lemma series (f g : Z -> R) (a b : Z) :
  (a <= b)%Z -> (forall n, (a <= n <= b)%Z -> zsum f a n <= g n) ->
  (forall n, (b <= n)%Z -> f (n + 1)%Z <= g (n + 1)%Z - g n) -> forall n, (a <= n)%Z -> zsum f a n <= g n.
Proof.
  intros H B S n Hn. destruct (Z_le_gt_dec n b) as [L | L]; [apply B; lia |].
  assert (G : (b <= n)%Z) by lia. pattern n. apply (zinduction _ b); [apply B; lia | | exact G].
  intros m Hm IH. rewrite (zsum_last_to f a (m + 1)%Z m) by lia. specialize (S m Hm). lra.
Qed.

(** Sequences exist that begin with x and go on by F. *)
Fixpoint steps (x : R) (F : Z -> R -> R) (a : Z) (n : nat) : R :=
  match n with O => x | S m => F (a + Z.of_nat m)%Z (steps x F a m) end.

Lemma recursion (x : R) (F : Z -> R -> R) (a : Z) :
  exists f : Z -> R, f a = x /\ forall t : Z, (a <= t)%Z -> f (t + 1)%Z = F t (f t).
Proof.
  exists (fun t => steps x F a (Z.to_nat (t - a))). split; [rewrite Z.sub_diag; reflexivity |].
  intros t Ht. replace (Z.to_nat (t + 1 - a)) with (S (Z.to_nat (t - a))) by lia. simpl. f_equal. lia.
Qed.

Lemma power_next (x : R) (n : Z) : (0 <= n)%Z -> powerRZ x (n + 1) = powerRZ x n * x.
Proof.
  intros H. destruct n as [| p | p]; [simpl; ring | | lia].
  change (Z.pos p + 1)%Z with (Z.pos (p + 1)). simpl. rewrite Pos2Nat.inj_add, pow_add. simpl. ring.
Qed.

Lemma power_next_to (x : R) (n m : Z) : (0 <= m)%Z -> n = (m + 1)%Z -> powerRZ x n = powerRZ x m * x.
Proof. intros H ->; apply power_next; exact H. Qed.

(** ** Tactics *)

(** [index_fact] proves a relation between indices as real numbers. *)
Ltac index_fact :=
  rewrite <- ?mult_IZR, <- ?opp_IZR, <- ?plus_IZR, <- ?minus_IZR;
  first [ apply IZR_le; lia | apply Rle_ge; apply IZR_le; lia | apply IZR_lt; lia | apply Rlt_gt; apply IZR_lt; lia
        | f_equal; lia ].

(** [zlinear] takes a sum of multiples apart. *)
Ltac zlinear :=
  lazymatch goal with
  | |- zsum (fun k => @?f k + @?g k) ?a ?b = _ + _ =>
      transitivity (zsum f a b + zsum g a b); [exact (zsum_plus f g a b) | apply f_equal2; zlinear]
  | |- zsum (fun k => ?c * @?f k) ?a ?b = _ => exact (zsum_scal c f a b)
  end.

(** [zsum_merged] takes the factors of an inner sum below it. *)
Ltac zsum_merged :=
  apply zsum_ext; let k := fresh in let k_in := fresh in intros k k_in; cbv beta;
  lazymatch goal with
  | |- ?l = zsum ?g ?c ?d =>
      lazymatch l with
      | context C [zsum ?f c d] =>
          let rest := context C [1] in
          transitivity (rest * zsum f c d);
          [ring | rewrite <- zsum_scal; apply zsum_ext; intros; ring]
      end
  end.

(** [inverses] makes equal inverses the same, and [atoms] proves an equation between polynomials in them. *)
Ltac inverses :=
  repeat match goal with
  | |- context [/ ?x] =>
      match goal with
      | |- context [/ ?y] => tryif constr_eq x y then fail else replace (/ y) with (/ x) by (apply f_equal; ring)
      end
  end.

Ltac opaque :=
  repeat match goal with
  | |- context [/ ?x] => lazymatch x with IZR _ => fail | _ => generalize (/ x); intro end
  end.

(** [alike] writes roots and logarithms of equal sums the same, of which one ends later than the other. *)
Ltac ends :=
  repeat match goal with
  | |- context [zsum ?f ?a (?b + 1)%Z] => rewrite (zsum_last_to f a (b + 1)%Z b) by lia
  end; cbv beta.

Ltac alike :=
  repeat match goal with
  | |- context [sqrt ?u] =>
      match goal with
      | |- context [sqrt ?v] =>
          tryif constr_eq u v then fail else replace (sqrt v) with (sqrt u) by (apply f_equal; ends; ring)
      end
  | |- context [ln ?u] =>
      match goal with
      | |- context [ln ?v] =>
          tryif constr_eq u v then fail else replace (ln v) with (ln u) by (apply f_equal; ends; ring)
      end
  end.

(** [powers] writes a power of an exponent by that of the exponent before, where both are there; [choices] writes equal
    maxima and minima the same. *)
Ltac powers :=
  repeat match goal with
  | |- context [powerRZ ?x ?n] =>
      match goal with
      | |- context [powerRZ x ?m] => tryif constr_eq n m then fail else rewrite (power_next_to x n m) by lia
      end
  end.

Ltac equal_numbers := first [reflexivity | ring | alike; unfold Rdiv; ring].

Ltac alike_values f :=
  match goal with
  | |- context [f ?a ?b] =>
      match goal with
      | |- context [f ?c ?d] =>
          tryif constr_eq (f a b) (f c d) then fail
          else replace (f c d) with (f a b) by (apply f_equal2; equal_numbers)
      end
  end.

Ltac choices := repeat first [alike_values Rmin | alike_values Rmax].

Ltac atoms :=
  first [ reflexivity | ring
        | reals; unfold Rdiv; rewrite ?Rinv_mult, <- ?pow_inv, ?Rinv_inv; first [ring | opaque; field | inverses; ring | inverses; opaque; field]
        | same
        | alike; unfold Rdiv; rewrite ?Rinv_mult; first [ring | opaque; field]
        | ends; powers; first [same | unfold Rdiv; first [ring | inverses; ring]]
        | choices; unfold Rdiv; ring ].

(** Entries at equal places, and sums and products over equal ranges. *)
Lemma zsum_alike (f g : Z -> R) (a b c d : Z) :
  a = c -> b = d -> (forall k, (a <= k <= b)%Z -> f k = g k) -> zsum f a b = zsum g c d.
Proof. intros <- <-; apply zsum_ext. Qed.

Lemma zprod_alike (f g : Z -> R) (a b c d : Z) :
  a = c -> b = d -> (forall k, (a <= k <= b)%Z -> f k = g k) -> zprod f a b = zprod g c d.
Proof. intros <- <-; apply zprod_ext. Qed.

Ltac congruent_more ::=
  first [ lazymatch goal with
  | |- zsum _ _ _ = zsum _ _ _ =>
      apply zsum_alike; [lia | lia | let k := fresh in let k_in := fresh in intros k k_in; cbv beta; congruent]
  | |- zprod _ _ _ = zprod _ _ _ =>
      apply zprod_alike; [lia | lia | let k := fresh in let k_in := fresh in intros k k_in; cbv beta; congruent]
  | |- powerRZ _ _ = powerRZ _ _ => apply f_equal2; [congruent | lia]
  | |- ?f _ = ?f _ => apply (f_equal f); lia
  | |- ?f _ _ = ?f _ _ => apply (f_equal2 f); lia
  | |- ?f _ _ _ = ?f _ _ _ => apply (f_equal3 f); lia
  end | atoms ].

(** [as_said] proves a relation by one that differs from it in how indices are written as numbers. *)
Ltac as_said H :=
  let K := fresh in pose proof H as K; cbv beta in K |- *;
  first [ exact K | said_alike K ]
with said_alike K :=
  lazymatch goal with
  | |- forall t : Z, @?P t =>
      let t := fresh in let t_in := fresh in intros t t_in; as_said (K t ltac:(lia))
  | |- _ /\ _ =>
      let L := fresh in let M := fresh in destruct K as [L M]; split; [as_said L | as_said M]
  | |- _ \/ _ =>
      let L := fresh in destruct K as [L | L]; [left; as_said L | right; as_said L]
  | |- ?r ?c ?d =>
      lazymatch type of K with
      | ?q ?a ?b => apply (relation_alike r a b c d K); congruent
      end
  end.

(** [each_index] takes every index of a range between numbers in turn. *)
Ltac each_index :=
  lazymatch goal with
  | |- forall t : Z, (?a <= t <= ?b)%Z -> _ =>
      let t := fresh in let t_in := fresh in intros t t_in; each_of t t_in; each_index
  | |- _ => idtac
  end
with each_of t t_in :=
  lazymatch type of t_in with
  | (?a <= _ <= ?b)%Z =>
      first
        [ exfalso; clear - t_in; lia
        | let other := fresh in
          destruct (Z.eq_dec t a) as [-> | other];
          [| let c := eval compute in (a + 1)%Z in
             let more := fresh in
             assert (more : (c <= t <= b)%Z) by lia; clear t_in other; each_of t more ] ]
  end.
