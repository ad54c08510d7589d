"""Chart -> ChartIndex: what kind each page is, where documents begin, whose pages they are, which are copies."""
