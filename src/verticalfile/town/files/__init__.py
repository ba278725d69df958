"""What happened in Alder Falls, told as the rows of each of its files on any day."""
