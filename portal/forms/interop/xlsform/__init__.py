"""XLSForms in, through pyxform's reader of workbooks."""
