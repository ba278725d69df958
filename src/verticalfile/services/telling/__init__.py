"""What readers and staff are told when something changed or was written to them."""
