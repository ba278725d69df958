"""Without anybody asking: the schedule, what is done beside it, and whether all is well."""
