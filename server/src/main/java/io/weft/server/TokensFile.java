package io.weft.server;

import io.weft.rest.Authenticator;
import io.weft.rest.Caller;
import io.weft.rest.FixedTokens;
import io.weft.server.config.ConfigurationException;
import io.weft.server.config.SecretFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The file of fixed tokens: one a line, token, project, user and roles with commas between them; lines that begin with
 * {@code #} are remarks. Whoever has the role {@code admin} is an administrator; roles that come with others are added. It is a {@link
 * SecretFile}.
 */
final class TokensFile {
    private TokensFile() {}

    /**
     * @throws ConfigurationException when the file cannot be read or is not kept secret, or naming the wrong lines; never a token
     */
    static Authenticator read(Path file) {
        List<String> problems = new ArrayList<>();
        Map<String, Caller> callers = new HashMap<>();
        List<String> lines = SecretFile.lines(file);
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
