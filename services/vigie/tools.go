package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/export"
)

func (a *app) export() *cobra.Command {
	var options export.Options
	weekly := &cobra.Command{
		Use: "weekly --brand BRAND --week 2026-W46 --out FOLDER", Short: "Write a week of a brand: report (XLSX) and all its mentions (CSV)", Args: cobra.NoArgs,
		Long: `Writes what Grafana shows of a week (Monday to Sunday, in the config's time zone)
as a workbook (XLSX), against the week before and competitors, and every mention of
the brand in that week as a CSV file, a row each. The workbook lists 100,000 at most.
Needs the ClickHouse of a running ` + "`vigie up`" + `, or clickhouse.addr.`,
		Example: `  vigie export weekly --brand zestaline --week 2026-W46 --out reports`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			options.Config = cfg
			result, err := export.Weekly(cmd.Context(), options)
			if errors.Is(err, export.ErrUnknownBrand) || errors.Is(err, export.ErrBadWeek) {
				return usageError{err}
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s\n", result.XLSX, result.CSV)
			for _, remark := range result.Remarks {
				fmt.Fprintln(cmd.ErrOrStderr(), remark)
			}
			return nil
		},
	}
	weekly.Flags().StringVar(&options.Brand, "brand", "", "the brand's id")
	weekly.Flags().StringVar(&options.Week, "week", "", "ISO week, like 2026-W46")
	weekly.Flags().StringVar(&options.Out, "out", ".", "folder to write to")
	_ = weekly.MarkFlagRequired("brand")
	_ = weekly.MarkFlagRequired("week")
	cmd := &cobra.Command{Use: "export", Short: "Write reports for people who do not open Grafana", GroupID: "tool", Args: noSuchCommand, RunE: showHelp}
	cmd.AddCommand(weekly)
	return cmd
}

func (a *app) config() *cobra.Command {
	check := &cobra.Command{
		Use: "check", Short: "Say what is wrong with the config, all at once", Args: cobra.NoArgs,
		Long: `Reads the config and every secret's file as a start would, and says each fault
with its line, its key and its rule; looks whether data_dir can be made, and warns
of secrets that everyone can read. Starts nothing.`,
		Example: `  vigie config check --config vigie.yaml`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, warnings, err := config.Check(a.configPath, os.Environ())
			if err != nil {
				return usageError{err}
			}
			for _, warning := range warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", warning)
			}
			count := func(n int, one, several string) string {
				return wording.English.Several(uint64(n), wording.Noun{One: one, Several: several})
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: right; %s, %s, %s\n", a.configPath, count(len(cfg.Brands), "brand", "brands"),
				count(len(cfg.People), "person", "people"), count(len(cfg.Channels), "channel", "channels"))
			return nil
		},
	}
	dump := &cobra.Command{
		Use: "dump", Short: "Print the config in force, secrets redacted", Args: cobra.NoArgs,
		Long:    "Prints the config with its defaults and with what the environment sets. Of a\nsecret it prints the file's name, or [redacted].",
		Example: `  VIGIE_LANGUAGE=fr vigie config dump`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			data, err := cfg.Dump()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(data)
			return err
		},
	}
	cmd := &cobra.Command{Use: "config", Short: "Check or print the config", GroupID: "tool", Args: noSuchCommand, RunE: showHelp}
	cmd.AddCommand(check, dump)
	return cmd
}

// exactly and atLeast refuse a command line without its argument, and say what that is.
func exactly(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("`%s` takes %s, and nothing after it: %q", cmd.CommandPath(), what, args[1:])
		}
		return atLeast(what)(cmd, args)
	}
}

func atLeast(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("`%s` needs %s: see `%[1]s --help`", cmd.CommandPath(), what)
		}
		return nil
	}
}

// noSuchCommand refuses what is no subcommand, where cobra would show the help
// and succeed.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	meant := cmd.SuggestionsFor(args[0])
	if len(meant) == 0 {
		return fmt.Errorf("%q is no command of %q: see `%s --help`", args[0], cmd.CommandPath(), cmd.CommandPath())
	}
	return fmt.Errorf("%q is no command of %q: did you mean %s?", args[0], cmd.CommandPath(), strings.Join(meant, " or "))
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }
