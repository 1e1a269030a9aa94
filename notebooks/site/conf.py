"""The configuration of Sphinx for the documentation site: ``sphinx-build -W -c notebooks/site notebooks build/site``.

The docstrings are reStructuredText, as ``help`` and doctest want them, with formulas and references to one another;
Sphinx reads these as they are and can be told to check every one (``nitpicky``). Nothing is loaded from elsewhere.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(PROJECT)]

import made

from regretlab import __version__ as release

project, author = "regretlab", "The regretlab developers"
html_title, html_theme, language = f"regretlab {release}", "furo", "en"
extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc", "sphinx_copybutton", "regretlab_site"]
exclude_patterns = ["**/.ipynb_checkpoints"]
html_static_path, html_css_files, html_copy_source = [str(HERE / "style.css")], ["style.css"], False
html_math_renderer = "mathml"
html_show_copyright, smartquotes = False, False
html_theme_options = {"navigation_with_keys": True}

# Warnings are errors (-W), and every reference must lead somewhere, but those to what other libraries document.
nitpicky = True
OTHERS = (
    "array|collections|dask|fractions|jax|matplotlib|numpy|optax|pandas|pathlib|rich|scipy|sympy|torch|typing|xarray"
)
nitpick_ignore_regex = [("py:.*", rf"({OTHERS})(\..*)?")]

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order, autodoc_typehints, autodoc_preserve_defaults = "bysource", "none", True
autodoc_mock_imports = ["torch", "optax", "jax", "cupy"]
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
myst_update_mathjax = False
suppress_warnings = ["myst.header"]  # a part of the README begins below the title of its page

nb_execution_mode = "cache"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # a page without a kernel shows no sliders, and loads nothing for them

if tags.has("quick"):  # noqa: F821, a look at the pages: no notebook is run, and one paper judged
    nb_execution_mode, made.SHOWN = "off", ("weight_decay",)
