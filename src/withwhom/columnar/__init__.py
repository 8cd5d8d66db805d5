"""Answers the saved questions of large graphs from columns of numbers, many rows at a time.

Oxigraph looks every cell of an answer up by itself, which takes seconds for a body with ten thousand statements. Here a triple pattern
is joined with all rows at once (numpy over sorted arrays that lie on disk). It understands the part of SPARQL 1.1 that saved questions
are written in, with the same rows; whatever else it is asked, it declines, and Oxigraph answers.
"""
