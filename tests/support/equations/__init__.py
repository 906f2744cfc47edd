"""What the tests of the equations share: formulas, derivatives, and the records that they leave."""
