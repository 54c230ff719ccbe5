"""Service level objectives, however they are written: spans of time, targets, budgets, and what is said of them.

Facts of one objective, the same for a document in Markdown and for OpenSLO, Sloth and Pyrra:
  name, line                             as written; where it stands
  layer                                  availability | latency | other
  indicator, source                      what is measured; the query, log or data source it is measured with, or empty
  target, target_written                 a share (0.999), and as written ("99.9 %"); null without one
  window_s, window_low_s, window_high_s  seconds; the bounds differ for a calendar month, a quarter and a year
  window_written, is_window_assumed      "30 days"; whether the format's default stands in for one that is not written
  threshold_ms                           the time within which a request counts as good, or null
  owner, policy                          who answers for it; what happens when the budget is spent, or empty
  budget_s                               seconds of the window that may be lost: (1 - target) x window, or null
  budget_written, budget_low_s, budget_high_s   the budget as written and what it may have been rounded from, or null
  alerts                                 names of alerts or policies that guard it
"""
