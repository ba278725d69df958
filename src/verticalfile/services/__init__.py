"""The use cases, one verb each. The only place that joins rooms; every door calls these."""
