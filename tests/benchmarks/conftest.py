"""The tools import peers that need not be installed; the tests load them and say what is missing."""

collect_ignore_glob = ["tools/*"]
