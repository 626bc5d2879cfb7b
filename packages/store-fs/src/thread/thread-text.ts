// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var se=require("node:worker_threads");var te=require("node:zlib"),re=require("node:timers/promises")\
;var u=class extends Error{name="KeepfitError";code;constructor(e,r,n){super(\`\${e}: \${r}\`,n),this.co\
de=e}};function f(t){return t instanceof Error&&t.name==="KeepfitError"&&"code"in t}var y=class{#n;#\
o;#e;#t=0;#r;constructor(e,r){this.#n=e,this.#o=r,this.#e=new DataView(new ArrayBuffer(4*e.length)),\
this.#r=e[0]??0}add(e){for(let r=0;r<e.byteLength;){for(;this.#r===0;)this.#r=this.#n[++this.#t]??1/\
0;if(this.#r===1/0)return;let n=Math.min(r+this.#r,e.byteLength),o=4*this.#t,i=this.#e.getUint32(o,!\
0);this.#e.setUint32(o,this.#o(e.subarray(r,n),i),!0),this.#r-=n-r,r=n}}toBytes(){return new Uint8Ar\
ray(this.#e.buffer)}};function O(){let t=Promise.resolve();return{run:e=>{let r=t.then(e,e);return t\
=r.catch(()=>{}),r}}}var S=require("node:path");var R={fsStore:"folder",fileSink:"path"},ae={ENOSPC:\
"the disk is full",EDQUOT:"the disk quota is used up"};function _(t,e){let r=l(t),n=\`could not \${e.a\
ction} \${e.path} (\${r===""?String(t):r})\`,o=ae[r];if(o!==void 0){let i=e.byteLength===void 0?"":\`, a\
nd \${e.byteLength} bytes must fit into \${(0,S.dirname)(e.path)}\`,a=\`\${n}: \${o}\${i}; free some room, \
or \${h(e)}\`;return new u("KEEPFIT_STORE_FULL",a,{cause:t})}return new u("KEEPFIT_STORE_FAILED",\`\${n}\
: \${ce(r,e)}\`,{cause:t})}function l(t){let r=(f(t)?t.cause:t)?.code;return typeof r=="string"?r:""}a\
sync function g(t){try{return await t()}catch(e){if(l(e)==="ENOENT")return;throw e}}function ce(t,e)\
{let{owner:r,path:n}=e,o=R[r];switch(t){case"EACCES":case"EPERM":return\`this user may not; let it re\
ad and write \${(0,S.dirname)(n)}, or \${h(e)}\`;case"ERR_ACCESS_DENIED":return"Node's permission model\
 forbids it; use --allow-fs-write, or on Node 26, which forbids fsync, no --permission";case"EROFS":\
return\`the file system is read-only; give \${r} a \${o} that can be written\`;case"EEXIST":return\`somet\
hing else has this name; move it away, or \${h(e)}\`;case"ENOTDIR":return\`a part of this path is a fil\
e; give \${r} a path made of folders\`;case"EISDIR":return\`a folder has this name; move it away, or \${\
h(e)}\`;case"ELOOP":return"a symbolic link has this name and cannot be followed; remove it";case"EFBI\
G":return\`the file system, or ulimit -f, takes no file of this size; give \${r} a \${o} on another one\
\`;case"ENOENT":return"it was removed meanwhile; let nothing else write or clean up in this folder";c\
ase"EMFILE":case"ENFILE":return"too many files are open; raise the limit (ulimit -n)";default:return\
\`see the cause, or \${h(e)}\`}}function h({owner:t}){return\`give \${t} another \${R[t]}\`}var $={open:"op\
en",stat:"look at",lstat:"look at",readdir:"list",mkdir:"make the folder",rename:"rename",link:"link\
",unlink:"delete"},N={read:"read",write:"write",truncate:"cut",stat:"look at",utimes:"set the time o\
f",sync:"sync",close:"close"},ue=new Set(["rename","link"]);function k(t,e,r={}){let n=W(t,$,(o,i)=>\
({owner:e,action:o==="open"?de(t.constants,Number(i[1])):$[o],path:String(ue.has(o)?i[1]:i[0]),...r}\
));return{...n,constants:t.constants,open:async(o,i,a)=>W(await n.open(o,i,a),N,c=>({owner:e,action:\
N[c],path:o,...r})),for:o=>k(t,e,{...r,...o})}}function de({O_WRONLY:t,O_EXCL:e=0},r){return(r&e)!==\
0?"make":(r&t)===0?"read":"open"}function W(t,e,r){let n=t,o=Object.keys(e).map(i=>[i,async(...a)=>{\
try{return await Reflect.apply(n[i],t,a)}catch(c){throw f(c)?c:_(c,r(i,a))}}]);return Object.fromEnt\
ries(o)}var He=16*1024*1024;function K(t,e,r){return{...t,fs:k(e,"fsStore"),host:r,commits:O()}}var \
A=require("node:crypto"),T=require("node:path");var le=".safetensors";function v(t,e){return(0,T.joi\
n)(t,\`\${e}\${le}\`)}function L(t,e){return(0,T.join)(t,\`.\${e}.\${(0,A.randomUUID)()}.tmp\`)}var w=requir\
e("node:path");async function E({fs:t,host:e},r){if(e.isWindows)return;let n=await t.for({action:"sy\
nc the folder"}).open(r,t.constants.O_RDONLY);try{await n.sync()}catch(o){if(l(o)!=="EINVAL")throw o\
}finally{await n.close()}}var me=new Set(["EACCES","EPERM"]);async function U(t){let e=await j(t,t.p\
ath);e&&t.isPrepared||(await D(t,t.path,e),t.isPrepared=!0)}async function D(t,e,r){let n=(0,w.dirna\
me)(e);if(r)return fe(t,e);await D(t,n,await j(t,n));try{await t.fs.mkdir(e,{mode:448})}catch(o){if(\
l(o)!=="EEXIST")throw o}await E(t,n)}async function j({fs:t},e){let r=t.for({action:"look at the fol\
der"}),n=await g(()=>r.stat(e,{bigint:!0}));if(n===void 0)return!1;if(n.isDirectory())return!0;throw\
 new u("KEEPFIT_STORE_FAILED",\`\${e} is a file, but fsStore needs a folder there; give fsStore the pa\
th of a folder\`)}async function fe(t,e){if((0,w.dirname)(e)!==e)try{await E(t,(0,w.dirname)(e))}catc\
h(r){if(!me.has(l(r)))throw r}}async function M(t,e){let{O_WRONLY:r,O_CREAT:n,O_EXCL:o,O_NOFOLLOW:i=\
0}=t.constants,a=await t.open(e,r|n|o|i,384);return{path:e,handle:a,isOpen:!0}}async function b(t){t\
.isOpen=!1,await t.handle.close()}async function H(t,e){e.isOpen&&await b(e).catch(()=>{}),await t.u\
nlink(e.path).catch(()=>{})}var pe=new Set(["EPERM","EACCES","EBUSY"]),ye=500,he=1e4;async function \
B(t,e,r=async()=>{}){for(let n=0,o=10;;n+=o,o=Math.min(2*o,ye)){await r();try{return await e()}catch\
(i){if(!t.isWindows||!pe.has(l(i))||n>=he)throw i}await t.pause(o)}}async function q(t,e,r,n){for(le\
t o=0;o<e.length;){let i=Math.min(e.length-o,1073741824),{bytesWritten:a}=await t.write(e,o,i,r+o);i\
f(!(a>0&&a<=i))throw n(i,a);o+=a}}var F=class{#n;#o;#e=0;#t;#r;constructor(e,r){this.#n=e,this.#o=r}\
add(e){this.throwFailure(),this.#e+=e,!(this.#e<this.#o||this.#t!==void 0)&&(this.#e=0,this.#t=this.\
#i())}async waitUntilIdle(){await this.#t}throwFailure(){if(this.#r!==void 0)throw this.#r.error}asy\
nc#i(){try{await this.#n.handle.sync()}catch(e){this.#r={error:e}}this.#t=void 0}};var P="the old ch\
eckpoint stays";function V(t,e,r,n){let[o,i]=[r,n].map(a=>a===null?"no checkpoint":\`version \${a}\`);r\
eturn new u("KEEPFIT_STORE_CONFLICT",\`\${t} should be \${o}, but is \${i}: another trainer wrote in \${e\
}, and nothing was changed. Stop one of the two, or give each its own folder or name\`)}function Q(t,\
e,r){return new u("KEEPFIT_STORE_FAILED",\`\${t} should have \${e} bytes, but has \${r}; \${P}\`)}function\
 Y(t,e,r){return new u("KEEPFIT_STORE_FAILED",\`a write of \${e} bytes to \${t} wrote \${r}; \${P}\`)}func\
tion C(t,e,r){return new u("KEEPFIT_STORE_FAILED",\`the chunks for \${t} must add up to the announced \
\${e} bytes, but came to \${r}; \${P}\`)}function G(t,e){return new u("KEEPFIT_STORE_FAILED",\`the new ch\
eckpoint is in place at \${t}, but a power cut may bring back the old one because the folder could no\
t be synced (\${l(e)||String(e)}); check the disk before you continue\`,{cause:e})}function x({dev:t,i\
no:e,mtimeNs:r,size:n}){return\`\${t}:\${e}:\${r}:\${n}\`}async function z(t,e){try{await E(t,t.path)}catc\
h(r){throw G(e,r.cause)}}async function J(t,e,r,n,o){let{byteLength:i}=r,a=v(t.path,e),c=await X(t,a\
,n);await U(t);let d=await M(t.fs.for({byteLength:i}),o?.temp??L(t.path,e)),m;try{await Ee(d,r,t.syn\
cEvery);let p=await we(d,i);await Fe(t,d,p,c),await d.handle.sync(),await b(d),m=x(await t.fs.lstat(\
d.path,{bigint:!0})),o?.beforeRename(m),await t.commits.run(()=>Se(t,a,d,n))}catch(p){throw await H(\
t.fs,d),p}return await z(t,a),m}async function X({fs:t,path:e},r,n){let o=await g(()=>t.lstat(r,{big\
int:!0})),i=o===void 0?null:x(o);if(n===void 0||n.replaces===i)return o;throw V(r,e,n.replaces,i)}as\
ync function Ee(t,e,r){let n=new F(t,r);try{await ge(t,e,o=>n.add(o))}finally{await n.waitUntilIdle(\
)}n.throwFailure()}async function ge({path:t,handle:e},{byteLength:r,chunks:n},o){let i=0;for await(\
let a of n){let c=new Uint8Array(a.buffer,a.byteOffset,a.byteLength);if(i+c.length>r)throw C(t,r,\`\${\
i+c.length} or more\`);await q(e,c,i,(d,m)=>Y(t,d,m)),i+=c.length,o(c.length)}if(i!==r)throw C(t,r,St\
ring(i))}async function we({path:t,handle:e},r){let n=await e.stat({bigint:!0});if(n.size===BigInt(r\
))return n;throw Q(t,r,n.size)}async function Fe(t,{handle:e},r,n){let o=n!==void 0&&n.mtimeNs>t.new\
estTime?n.mtimeNs:t.newestTime,{mtimeNs:i}=r;for(let a of[2n,2000n]){if(i>o)break;let c=Number(o/100\
0000n+a)/1e3;await e.utimes(c,c),{mtimeNs:i}=await e.stat({bigint:!0})}i>t.newestTime&&(t.newestTime\
=i)}async function Se(t,e,r,n){let o=t.fs.for({action:"put a new checkpoint at"});await B(t.host,()=\
>o.rename(r.path,e),async()=>n&&X(t,e,n))}var ke=128;function Z(t,e){for(let r=0;r<ke;r++)t[r]=e.cha\
rCodeAt(r)}function ee(t){if(!f(t))throw t;let{code:e,message:r,cause:n}=t;return{code:e,message:r.s\
lice(\`\${e}: \`.length),cause:n instanceof Error?{message:n.message,fields:{...n}}:void 0}}async funct\
ion ne(t,e){let r=new I(t);for(;;){let n=await r.receive();n.kind==="begin"&&r.send({kind:"ended",ou\
tcome:await Te(r,n.job,e)}),r.flush()}}async function Te(t,e,r){let n=K(e.folder,r,{isWindows:!1,pau\
se:re.setTimeout}),{path:o,syncEvery:i}=n,a=be(t,e),c=await J(n,e.key,a,e.condition,{temp:e.temp,bef\
oreRename:p=>Z(e.renaming,p)}).catch(ee),{isPrepared:d,newestTime:m}=n;return{folder:{path:o,syncEve\
ry:i,isPrepared:d,newestTime:m},result:c}}function be(t,{byteLength:e,partLengths:r}){let n=Pe(t);re\
turn{byteLength:e,chunks:r===void 0?n:Ce(n,r)}}async function*Pe(t){for(;;){let e=await t.receive();\
if(e.kind==="commit")return;if(e.kind!=="bytes")throw new u("KEEPFIT_STORE_FAILED","the store has gi\
ven up");let{buffer:r,length:n}=e;yield new Uint8Array(r,0,n),t.send({kind:"freed",buffer:r})}}async\
 function*Ce(t,e){let r=new y(e,te.crc32);for await(let n of t)r.add(n),yield n;yield r.toBytes()}va\
r I=class{#n;#o=[];#e=[];#t=()=>{};constructor(e){this.#n=e,e.on("message",r=>{this.#o.push(...r),th\
is.#t()})}async receive(){for(;;){let e=this.#o.shift();if(e!==void 0)return e;this.flush(),await ne\
w Promise(r=>{this.#t=r})}}send(e){this.#e.push(e)}flush(){if(this.#e.length===0)return;let e=this.#\
e.flatMap(r=>r.kind==="freed"?[r.buffer]:[]);this.#n.postMessage(this.#e,e),this.#e=[]}};var s=requi\
re("node:fs"),oe=require("node:util"),xe=(0,oe.promisify)(s.fsync),ie={constants:s.constants,open:as\
ync(t,e,r)=>Ie((0,s.openSync)(t,e,r)),stat:async(t,e)=>(0,s.statSync)(t,e),lstat:async(t,e)=>(0,s.ls\
tatSync)(t,e),readdir:async(t,e)=>(0,s.readdirSync)(t,e),mkdir:async(t,e)=>(0,s.mkdirSync)(t,e),rena\
me:async(t,e)=>(0,s.renameSync)(t,e),link:async(t,e)=>(0,s.linkSync)(t,e),unlink:async t=>(0,s.unlin\
kSync)(t)};function Ie(t){return{read:async(...e)=>({bytesRead:(0,s.readSync)(t,...e)}),write:async(\
...e)=>({bytesWritten:(0,s.writeSync)(t,...e)}),stat:async e=>(0,s.fstatSync)(t,e),utimes:async(...e\
)=>(0,s.futimesSync)(t,...e),sync:()=>xe(t),close:async()=>(0,s.closeSync)(t)}}ne(se.parentPort,ie).\
catch(t=>{queueMicrotask(()=>{throw t})});`;
