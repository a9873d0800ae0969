"""Recruitment: plan, notice, applications, examination, calling, hiring, forgetting."""
