"""Decisions on drafts: who may make them, what differs, how a draft looks to a reader."""
