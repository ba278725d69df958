"""Small counts of persons: which cells of a table of counts must not be shown, all its versions
together. Pure: no archive, no file. What is promised and what is not stands in decision 0063."""
