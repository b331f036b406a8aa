// Licensed under the Apache License, Version 2.0; see LICENSE.
//
// Reads lists of documents, {"yaml":[text...],"hcl":[text...]}, and prints what
// the deploy tool's parser and HashiCorp's make of them, likewise. In a string of
// HCL, ${ and %{ are doubled where they are text.
import { parse } from "@cdktf/hcl2json";
import yaml from "js-yaml";

let text = "";
for await (const piece of process.stdin) text += piece;

const documents = JSON.parse(text);
const read = { yaml: documents.yaml.map((one) => yaml.load(one)), hcl: [] };
for (const one of documents.hcl) read.hcl.push(await parse("main.tf", one));
process.stdout.write(JSON.stringify(read));
