//! Starts `provisioner lsp` for the YAML files of a worktree.

use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct ProvisionerExtension;

impl zed::Extension for ProvisionerExtension {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let command = worktree
            .which("provisioner")
            .ok_or("provisioner is not on the path: pip install 'azure-logs-provisioner[lsp]'")?;
        Ok(Command {
            command,
            args: vec!["lsp".to_string(), "-q".to_string()],
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(ProvisionerExtension);
