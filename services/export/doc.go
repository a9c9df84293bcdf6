// Package export writes the weekly brand watch: a spreadsheet for management,
// and one row for each mention in a CSV file.
//
// It owns the two files: reading the rows, laying them out in French or English,
// keeping hostile text text, replacing the files of an earlier run only when
// both new ones are complete. The figures themselves belong to internal/weekly.
// It owns no table and never writes to one: it reads the views, in which each
// mention stands once.
//
//	export.go     Weekly: from options to two files
//	read.go       rows out of ClickHouse; queries/*.sql
//	workbook.go   the spreadsheet; one file for each kind of sheet: summary, sheets, signals, names
//	csv.go        the CSV file
//	safe.go       what text may become a cell
//	language.go   words, dates and numbers in French and English
//	files.go      temporary files, renamed at the end
//
// The same data gives the same bytes: no figure and no property of the files
// depends on when the export runs. Only the remark that a week is not over does.
package export
