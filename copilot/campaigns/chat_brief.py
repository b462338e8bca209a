"""A chat message as a brief. (Checks helper: another helper is writing this module and its test
now, from item 5 of your brief; leave it to them and go on with write.py and the check tests.)
"""
