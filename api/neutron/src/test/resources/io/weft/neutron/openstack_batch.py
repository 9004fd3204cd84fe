"""Runs many commands of the stock OpenStack client in one process.

Arguments: the client's global options. Each line of the input is a command as a JSON list of words; each line of the
output is its result: {"status", "out", "err"}.
"""
import contextlib
import io
import json
import logging
import sys

from openstackclient import shell


class Batch(shell.OpenStackShell):
    def interact(self):
        results = sys.stdout
        errors = logging.StreamHandler(io.StringIO())
        errors.setLevel(logging.WARNING)
        logging.getLogger().addHandler(errors)
        for line in sys.stdin:
            out, err = io.StringIO(), io.StringIO()
            errors.setStream(err)
            self.stdout = out
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    status = self.run_subcommand(json.loads(line))
                except SystemExit as exit:
                    status = exit.code
            print(json.dumps({"status": status or 0, "out": out.getvalue(), "err": err.getvalue()}),
                  file=results, flush=True)


sys.exit(Batch().run(sys.argv[1:]))
