"""The client portal: how is our IT today?"""
