package io.weft.server;

import io.weft.rest.Authenticator;
import io.weft.rest.Caller;
import io.weft.rest.FixedTokens;
import io.weft.server.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The file of fixed tokens: one a line, token, project, user and roles with commas between them; lines that begin with
 * {@code #} are remarks. Whoever has the role {@code admin} is an administrator. Its owner and group may read it; a file
 * that others may read, or that anyone but its owner may write, is refused.
 */
final class TokensFile {
    private static final Set<PosixFilePermission> ALLOWED = PosixFilePermissions.fromString("rw-r-----");

    private TokensFile() {}

    /**
     * @throws ConfigurationException when the file cannot be read or is not kept secret, or naming the wrong lines; never a token
     */
    static Authenticator read(Path file) {
        List<String> problems = new ArrayList<>();
        Map<String, Caller> callers = new HashMap<>();
        List<String> lines;
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!ALLOWED.containsAll(permissions)) {
                throw new ConfigurationException(List.of(file + ": must be readable by its owner and group at most"
                        + " (chmod 640 or 600), not " + PosixFilePermissions.toString(permissions)));
            }
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new ConfigurationException(List.of(file + ": cannot be read: " + e));
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split("\\s+");
            if (words.length != 4) {
                problems.add(file + ", line " + (i + 1) + ": must be TOKEN PROJECT USER ROLE[,ROLE...]");
            } else if (words[0].length() < 8) {
                problems.add(file + ", line " + (i + 1) + ": a token must have at least 8 characters");
            } else {
                Set<String> roles = Set.copyOf(List.of(words[3].split(",")));
                if (callers.put(words[0], new Caller(words[1], words[2], roles, roles.contains("admin"))) != null) {
                    problems.add(file + ", line " + (i + 1) + ": the token is there twice");
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return new FixedTokens(callers);
    }
}
