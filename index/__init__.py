"""Documents in, passages and statements out. Has never heard of a language model or a page."""
