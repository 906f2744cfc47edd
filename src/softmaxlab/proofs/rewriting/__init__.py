"""From one form to another: derivatives, passes, sums, hypotheses, and the normal form that decides."""
