"""The command line: parse, call one service, show. It speaks as staff."""
