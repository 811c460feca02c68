"""Foundations without HTTP and without features: errors, clock, ids, database, crypto, blobs."""
