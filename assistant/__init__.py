"""Passages in, cited answers out."""
