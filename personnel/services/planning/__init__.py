"""Planning: scenarios are written and changed, and proposals become cases. Nothing real moves before those are decided."""
