(** Relations between numbers with roots, exponentials and logarithms, by the intervals of coq-interval. *)

From Regretlab Require Export Regretlab.
From Interval Require Import Tactic.

(** [enclosed] proves a relation between numbers, or its denial, where enclosures of both sides decide it. *)
Ltac enclosed :=
  repeat match goal with
  | |- context [Rmax ?a ?b] => first [rewrite (Rmax_left a b) by enclosed | rewrite (Rmax_right a b) by enclosed]
  | |- context [Rmin ?a ?b] => first [rewrite (Rmin_left a b) by enclosed | rewrite (Rmin_right a b) by enclosed]
  | |- context [Req_EM_T ?a ?b] =>
      let H := fresh in
      destruct (Req_EM_T a b) as [H | H];
      [try (exfalso; revert H; change (~ a = b); solve [enclosed]) | try (exfalso; apply H; solve [lra])]
  | |- context [Rle_dec ?a ?b] =>
      let H := fresh in
      destruct (Rle_dec a b) as [H | H]; [try (exfalso; revert H; change (~ a <= b); solve [enclosed]) | try (exfalso; apply H; solve [enclosed])]
  | |- context [Rlt_dec ?a ?b] =>
      let H := fresh in
      destruct (Rlt_dec a b) as [H | H]; [try (exfalso; revert H; change (~ a < b); solve [enclosed]) | try (exfalso; apply H; solve [enclosed])]
  end;
  lazymatch goal with
  | |- _ /\ _ => split; enclosed
  | |- _ \/ _ => first [left; solve [enclosed] | right; solve [enclosed]]
  | |- ~ (_ /\ _) => let H := fresh in let K := fresh in intros [H K]; first [revert H; solve [enclosed] | revert K; solve [enclosed]]
  | |- ~ (_ \/ _) => let H := fresh in intros [H | H]; revert H; enclosed
  | |- ~ (_ <= _) => apply Rlt_not_le; enclosed
  | |- ~ (_ < _) => apply Rle_not_lt; enclosed
  | |- ~ (_ >= _) => apply Rlt_not_ge; enclosed
  | |- ~ (_ > _) => apply Rle_not_gt; enclosed
  | |- ~ (_ = _) => first [apply Rlt_not_eq; solve [enclosed] | apply Rgt_not_eq; solve [enclosed]]
  | |- _ <> _ => first [apply Rlt_not_eq; solve [enclosed] | apply Rgt_not_eq; solve [enclosed]]
  | |- (_ <= _) -> False => change (_ -> False) with (~ _); enclosed
  | |- _ >= _ => apply Rle_ge; enclosed
  | |- _ > _ => apply Rlt_gt; enclosed
  | |- _ -> _ => intro; enclosed
  | |- _ => first [lra | interval | interval with (i_prec 120) | interval with (i_prec 400)]
  end.
