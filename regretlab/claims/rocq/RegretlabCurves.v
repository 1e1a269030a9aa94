(** Functions that are not negative on an interval: from a point where they are not, along a derivative of known sign. *)

From Regretlab Require Export RegretlabIntervals.
From Coquelicot Require Export Coquelicot.
From Interval Require Export Tactic.

Lemma rises (f g : R -> R) (a x : R) :
  a <= x -> 0 <= f a -> (forall y, a <= y <= x -> is_derive f y (g y)) -> (forall y, a <= y <= x -> 0 <= g y) -> 0 <= f x.
Proof.
  intros [H | H] Ha D G; [| rewrite <- H; exact Ha].
  destruct (MVT_cor2 f g a x H) as [c [E [C1 C2]]].
  { intros c Hc; apply is_derive_Reals, D; exact Hc. }
  assert (0 <= g c) by (apply G; lra). assert (0 <= g c * (x - a)) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma falls (f g : R -> R) (a x : R) :
  x <= a -> 0 <= f a -> (forall y, x <= y <= a -> is_derive f y (g y)) -> (forall y, x <= y <= a -> 0 <= - g y) -> 0 <= f x.
Proof.
  intros [H | H] Ha D G; [| rewrite H; exact Ha].
  destruct (MVT_cor2 f g x a H) as [c [E [C1 C2]]].
  { intros c Hc; apply is_derive_Reals, D; exact Hc. }
  assert (0 <= - g c) by (apply G; lra). assert (0 <= - g c * (a - x)) by (apply Rmult_le_pos; lra). lra.
Qed.

(** [derived] proves that a function is the derivative of another, [enclosed_sign] that a number or function is not
    negative. *)
Ltac derived :=
  auto_derive; [repeat split; first [sign | interval | exact I] | first [ring | field; repeat split; sign | unfold Rminus; ring]].

Ltac at_zero := rewrite ?Ropp_0, ?Rplus_0_l, ?Rplus_0_r, ?Rminus_0_r, ?exp_0, ?ln_1, ?sqrt_0, ?sqrt_1.

Ltac enclosed_sign :=
  cbv beta;
  first
    [ interval | solve [sign]
    | match goal with |- context [exp ?u] => replace u with 0 by ring; rewrite exp_0; solve [lra | interval | sign] end
    | match goal with |- context [ln ?u] => replace u with 1 by field; rewrite ln_1; solve [lra | interval | sign] end
    | match goal with
      | |- context [exp ?u] =>
          first
            [ assert (exp u <= 1) by (rewrite <- exp_0; apply exp_monotone; lra); lra
            | assert (1 <= exp u) by (rewrite <- exp_0; apply exp_monotone; lra); lra ]
      end
    | solve [field_simplify; [sign | repeat split; sign ..]]
    | interval with (i_prec 200) ].
