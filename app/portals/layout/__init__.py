"""What stands around every page: navigation in groups with what waits, settings, command palette, account, banners."""
