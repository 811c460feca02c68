"""The parts of an evaluation: rows, steps, rules, completeness."""
