"""Does a source bear out a sentence? Decided by rules, the same every time, without a model."""
