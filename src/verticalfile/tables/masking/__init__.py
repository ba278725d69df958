"""Small counts of persons: which cells of a table of counts must not be shown, also beside
the versions before and after. Pure: no archive, no file. What is promised and what is not stands in decision 0063."""
