package io.weft.server;

import io.weft.rest.policy.Rule;
import io.weft.server.config.ConfigurationException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The file in which an operator says who may do what, in the form of oslo.policy: YAML, or JSON, which YAML contains; one
 * object whose keys are the rules' names. A rule is a text, or as in old files a list of lists, of which one must hold
 * whole.
 */
final class PolicyFile {
    private final Path file;
    private final List<Rule> rules = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private PolicyFile(Path file) {
        this.file = file;
    }

    /** @throws ConfigurationException when the file cannot be read or is not of this form, naming all such lines */
    static List<Rule> read(Path file) {
        PolicyFile read = new PolicyFile(file);
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(in);
            if (root != null) {
                read.take(root);
            }
        } catch (IOException e) {
            throw new ConfigurationException(List.of(file + ": cannot be read: " + e));
        } catch (MarkedYAMLException e) {
            String place = e.getProblemMark() == null
                    ? file.toString()
                    : file + ", line " + (e.getProblemMark().getLine() + 1);
            throw new ConfigurationException(List.of(place + ": is not YAML: " + e.getProblem()));
        } catch (YAMLException e) {
            throw new ConfigurationException(List.of(file + ": is not YAML: " + e.getMessage()));
        }
        if (!read.problems.isEmpty()) {
            throw new ConfigurationException(read.problems);
        }
        return List.copyOf(read.rules);
    }

    private void take(Node root) {
        if (!(root instanceof MappingNode mapping)) {
            problems.add(place(root) + ": must be an object whose keys are the names of rules");
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            String name = text(tuple.getKeyNode());
            String rule = rule(tuple.getValueNode());
            if (name == null) {
                problems.add(place(tuple.getKeyNode()) + ": the name of a rule must be a text");
            } else if (rule == null) {
                problems.add(place(tuple.getValueNode()) + ": rule '" + name
                        + "': must be a text; put it in quotation marks");
            } else {
                rules.add(new Rule(name, rule, place(tuple.getKeyNode())));
            }
        }
    }

    private String place(Node node) {
        return file + ", line " + (node.getStartMark().getLine() + 1);
    }

    /** A rule as a text; null when it is none. */
    private static @Nullable String rule(Node node) {
        if (!(node instanceof SequenceNode alternatives)) {
            return text(node);
        }
        List<String> texts = new ArrayList<>();
        for (Node alternative : alternatives.getValue()) {
            List<Node> parts = alternative instanceof SequenceNode all ? all.getValue() : List.of(alternative);
            if (parts.stream().anyMatch(part -> text(part) == null)) {
                return null;
            }
            if (!parts.isEmpty()) {
                texts.add(parts.stream().map(PolicyFile::text).collect(Collectors.joining(" and ", "(", ")")));
            }
        }
        return String.join(" or ", texts);
    }

    /** What is no text to YAML is none here: an unquoted {@code !} would be read as an empty rule, which allows. */
    private static @Nullable String text(Node node) {
        return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR) ? scalar.getValue() : null;
    }
}
