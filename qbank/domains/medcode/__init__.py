"""Medical coding: code sets, and the rules that hold declared codes against them."""
