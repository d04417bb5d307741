"""The words of the language as data: its scalar types, what each dialect allows, the codes, what a remark proposes."""
