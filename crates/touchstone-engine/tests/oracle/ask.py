"""Runs the questions of the oracle: ask.py FOLDER FILE.sql...

The SQL reads what the test put into FOLDER and copies each answer to FOLDER/NAME.answer.csv.
Settings (FOLDER/settings.csv: name, value) are variables.
"""

import csv
import os
import sys

import duckdb

questions = [os.path.abspath(path) for path in sys.argv[2:]]
os.chdir(sys.argv[1])
con = duckdb.connect(config={"threads": 1})
with open("settings.csv", encoding="utf-8", newline="") as settings:
    for name, value in csv.reader(settings):
        con.execute(f"SET VARIABLE {name} = {value}")
for path in questions:
    with open(path, encoding="utf-8") as text:
        try:
            con.execute(text.read())
        except duckdb.Error as error:
            sys.exit(f"{os.path.basename(path)}: {error}")
