"""`python -m shopvision`"""
from shopvision.cli import main

main()
