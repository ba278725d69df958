"""What search knows: the documents of datasets, and the words that people use for things."""
