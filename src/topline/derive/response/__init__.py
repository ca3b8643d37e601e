"""Tumour response: from lesions to time points to best response."""
