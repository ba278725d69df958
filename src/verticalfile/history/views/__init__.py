"""Reading a history: pages, snapshots, figures of columns."""
