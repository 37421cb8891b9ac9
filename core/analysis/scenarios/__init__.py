"""Scenarios: what a book must answer, written down beside it, and how much of the book they try.

`scenario_files` reads them, `stage` plays them on a ticket file in memory and `differences` compares
what came; `coverage` counts the rules and rows that they reach. `mutations` lists small changes of
the book, `surviving_mutants` finds those that no scenario notices, `equivalent_mutants` those that
none could, and `mutation_report` puts both together; `text_mutations` and `text_trial` do the same
with messages. `boundary_scenarios` makes what is missing.
"""
