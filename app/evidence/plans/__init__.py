"""What all readers of query plans share: one shape for plans, strict reading, checks, claimed times, pairs of plans.

Of the checks on plans these live elsewhere: E3 for a missing file is the slot's own rule (here it is two files that
hold one plan); E7, a claimed time against the plan's, is the ledger's L1, which takes `claimed.plan_time`; E21, an
index that no diff creates, needs a diff beside the plan and takes `indexes` of each plan ([{index, table}]).
"""
