"""Catalogues in DCAT: DCAT-US in JSON, DCAT-AP in any serialisation of RDF."""
