"""Rights: statements found, read and explained. Pure: text in, values out, no disk, no network.

What a publisher says is read by plain rules into a label, and the sentences that decided are
quoted with it. It is a proposal: a person confirms it, and nothing here is legal advice. The law of
a place is a list of facts with their sources; what is not known there stays unknown.
"""
