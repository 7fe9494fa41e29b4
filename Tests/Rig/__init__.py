"""Tools that bench, torture and the tests share. Programs put Tests on their path; all imports start there."""
