"""The public web application: parse an address, ask one service, show. No SQL, no decisions."""
