"""Rights of what we hold in three layers that are never merged: what the publisher says, what the
law of the place is known to say, what the library concludes. Each with dates, none legal advice."""
